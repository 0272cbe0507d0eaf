"""Jobs of the school's side: letters, access that ends with a job, and the counts of the dashboard."""

from django.db.models import Max
from django.utils.timezone import localdate
from procrastinate.contrib.django import app

from portal.access import context, posts
from portal.sis.models import Run
from portal.staff import adoption, printing
from portal.staff.models import FamilyCount


@app.task(name=printing.WORK, queue="letters", retry=3)
def print_letters(printing_id: int) -> None:
    """Makes the sheets of one printing."""
    printing.work(printing_id)


@app.periodic(cron="*/2 * * * *")
@app.task(name="portal.staff.jobs.end_posts", queueing_lock="end_posts")
def end_posts(timestamp: int = 0) -> None:
    """Staff who moved or left lose their access, whatever a sign-on says of them."""
    with context.opened("worker", purpose="posts"):
        posts.end_with_jobs()


@app.periodic(cron="37 * * * *")
@app.task(name="portal.staff.jobs.clear_letters", queueing_lock="clear_letters")
def clear_letters(timestamp: int = 0) -> None:
    """Sheets nobody fetched within a day are gone."""
    with context.opened("worker", purpose="letters"):
        printing.clear_up()


@app.periodic(cron="*/10 * * * *")
@app.task(name="portal.staff.jobs.count_families", queueing_lock="count_families")
def count_families(timestamp: int = 0) -> None:
    """Once a day, and again after each import that went in."""
    with context.opened("reporter", purpose="adoption"):
        with context.within("importer", purpose="adoption"):
            applied = Run.objects.filter(verdict=Run.Verdict.APPLIED).aggregate(pk=Max("pk"))["pk"] or 0
        today = FamilyCount.objects.filter(on=localdate(), run_id__gte=applied)
        if not today.exists():
            adoption.count(localdate(), applied)
