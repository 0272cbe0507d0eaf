"""The demo's telephone: text messages are kept for /demo/sms.json instead of leaving the machine."""

from portal.demo.models import KeptText


class Kept:
    """A sender that writes rows."""

    def send(self, to: str, text: str) -> None:
        KeptText.objects.create(to=to, text=text)
