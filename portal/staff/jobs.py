"""Jobs of the school's side: letters, and access that ends with a job."""

from procrastinate.contrib.django import app

from portal.access import context, posts
from portal.staff import printing


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
