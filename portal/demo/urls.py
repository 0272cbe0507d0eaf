"""Addresses below /demo/; a production portal does not have them."""

from django.urls import path

from portal.demo import sign_on, views
from portal.people.door import anyone
from portal.web.gallery import gallery

urlpatterns = [
    path("demo/", views.people, name="demo"),
    path("demo/mail/", views.mail, name="demo_mail"),
    path("demo/mail/<int:pk>/", views.mail_html, name="demo_mail_html"),
    path("demo/mail.json", views.mail_json, name="demo_mail_json"),
    path("demo/staff/", sign_on.staff, name="demo_staff"),
    # Below /staff/, where the staff cookie speaks.
    path("staff/demo-sign-on/", sign_on.sign_in, name="demo_sign_in"),
    path("demo/gallery/", anyone(gallery), name="demo_gallery"),
    path("demo/sms.json", views.sms_json, name="demo_sms_json"),
    path("demo/push.json", views.nothing_json, name="demo_push_json"),
]
