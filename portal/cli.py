"""The one command line, `portal`: start the house, take a bundle in, keep the checked pages true."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its status."""
    options = _parser().parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
    command: Command = options.command
    sys.exit(command(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal", description="Parent Portal")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, says: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=says, description=says)
        sub.set_defaults(command=command)
        return sub

    add("run", _run, "start the portal: database, web and worker; the demo district fills an empty one")
    take = add("import", _import, "take in a OneRoster or companion bundle, a ZIP or a folder")
    take.add_argument("bundle", type=Path)
    take.add_argument(
        "--source", default=None, help="name of the sending system (default: what the bundle says)"
    )
    take.add_argument("--dry-run", action="store_true", help="report what would happen and change nothing")
    take.add_argument("--json", action="store_true", help="the report as JSON")
    release = add("release", _release, "list the held sets; let one in, as one of two people, or reject it")
    release.add_argument("run", type=int, nargs="?", help="number of the held run")
    release.add_argument("--as", dest="email", default="", help="email of the staff member who decides")
    release.add_argument("--reject", action="store_true", help="nothing of the set goes in")
    fetch = add("pull", _pull, "fetch the roster from the OneRoster provider of the settings and take it in")
    fetch.add_argument("--full", action="store_true", help="everything, not only what changed")
    retry = add("retry", _retry, "take the last set in once more, for its rows that were put aside")
    retry.add_argument("run", type=int, help="number of the run")
    add("migrate", _migrate, "bring the database to this version")
    write = add("migrations", _migrations, "write the migration that changed models need")
    write.add_argument("rooms", nargs="*", help="labels of the apps; a new section names itself here")
    add("worker", _worker, "send waiting mail and do the daily jobs, until stopped")
    audit = add("audit", _audit, "look at the record of access: is it whole?")
    audit.add_argument("what", choices=["verify"], help="names the first wrong row or a cut tail")
    jobs = add(
        "jobs",
        _jobs,
        "the queue, the daily jobs and the parked ones; exit status 1 when a person should look",
    )
    jobs.add_argument("--json", action="store_true", help="as JSON")
    jobs.add_argument("--retry", type=int, metavar="NUMBER", help="put a parked job back in the queue first")
    add("reseal", _reseal, "after PIN_KEY was changed: seal what is kept for long by the newest key")
    demo = add("demo", _demo, "fill the database with the sample district")
    demo.add_argument("--students", type=int, default=300)
    demo.add_argument("--seed", type=int, default=1)
    add("check", _check, "settings, migrations, translations and checked pages")
    add("check-translations", _check_translations, "every string in every language, placeholders whole")
    add("messages", _messages, "collect the strings to translate")
    lift = add("lift-suspension", _lift, "let a member of staff in again whom the bulk brake stopped")
    lift.add_argument("ref", help="the account, as the alarm names it")
    first = add(
        "administrator",
        _administrator,
        "give the first administrator of a district their access; later ones in User Manager",
    )
    first.add_argument(
        "employee", help="the employee's id in the roster (sourcedId), as the sign-on names it"
    )
    first.add_argument("--district", default="", help="id of the district, when the roster has several")
    add("pages", _pages, "rewrite the checked pages in docs/")
    return parser


def _database() -> AbstractContextManager[None]:
    from portal.config import embedded
    from portal.config.env import env

    return nullcontext() if env.database_url else embedded.running(env.data_dir)


def _ready() -> None:
    import django

    django.setup()


def _run(_options: argparse.Namespace) -> int:
    from portal.config import house

    return house.run()


def _lift(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.access import brake
        from portal.access.context import opened
        from portal.people.models import Person

        with opened("worker", purpose="lift a suspension"):
            person = Person.objects.filter(kind=Person.Kind.STAFF, ref=options.ref).first()
            if person is None:
                print("No staff account is called that.", file=sys.stderr)
                return 1
            brake.lift(person)
        return 0


def _reseal(_options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from django.db import transaction

        from portal.family import pins
        from portal.staff.registrar import scans

        with transaction.atomic(using="owner"):
            done = pins.seal_anew("owner"), scans.seal_anew("owner")
        print(f"Sealed by the first PIN_KEY: {done[0]} PINs, {done[1]} scans.")
        return 0


def _administrator(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.access import first

        try:
            post = first.administrator(options.employee, options.district)
        except first.NotNow as why:
            print(why, file=sys.stderr)
            return 1
        print(f"{post.person.name} runs the portal of {post.place.name} from now on.")
        return 0


def _import(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.config import house
        from portal.sis import command

        house.migrate()
        return command.take(
            options.bundle, source=options.source, dry_run=options.dry_run, as_json=options.json
        )


def _release(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.sis import command

        return command.release(options.run, options.email, reject=options.reject)


def _pull(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.config import house
        from portal.sis import command

        house.migrate()
        return command.fetch(full=options.full)


def _retry(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.sis import command

        return command.retry(options.run)


def _migrate(_options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.config import house

        house.migrate()
    return 0


def _migrations(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from django.core.management import call_command

        call_command("makemigrations", *options.rooms)
    return 0


def _worker(_options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.config import house

        return house.work()


def _audit(_options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.access.context import opened
        from portal.audit import verifying

        with opened("worker", purpose="verify"):
            return verifying.command()


def _jobs(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.jobs import command
        from portal.sis import outbox

        return command.show(as_json=options.json, retry=options.retry, further=outbox.state())


def _demo(options: argparse.Namespace) -> int:
    with _database():
        _ready()
        from portal.config import house
        from portal.demo import fill

        house.migrate()
        fill.fill(students=options.students, seed=options.seed)
    return 0


def _check(options: argparse.Namespace) -> int:
    _ready()
    from portal.config import checks

    return checks.check()


def _check_translations(_options: argparse.Namespace) -> int:
    _ready()
    from portal.config import checks

    return checks.translations()


def _messages(_options: argparse.Namespace) -> int:
    from portal.config import catalogs

    catalogs.update()
    return 0


def _pages(_options: argparse.Namespace) -> int:
    _ready()
    from portal.config import pages

    return pages.write()
