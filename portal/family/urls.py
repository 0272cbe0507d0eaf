"""Addresses of the family's own pages; they come before the record's, which are about one student."""

from django.conf import settings
from django.urls import path

from portal.family import views

FIND_PIN = "help/find-your-pin/"

urlpatterns = [
    path("students/", views.students, name="students"),
    path("students/add/", views.add, name="add_student"),
    path("students/add/done/<str:ref>/", views.added, name="student_added"),
    path("students/add/not-me/<str:token>/", views.not_me, name="link_not_me"),
    path("students/<str:ref>/verify-pin/", views.verify_pin, name="verify_pin"),
    path("students/<str:ref>/remove/", views.remove, name="remove_student"),
    path(FIND_PIN, views.find_pin, name="find_pin"),
    *(path(f"{code}/{FIND_PIN}", views.find_pin) for code, _name in settings.LANGUAGES),
]
