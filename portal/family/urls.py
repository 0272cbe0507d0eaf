"""Addresses of the family's own pages; they come before the record's, which are about one student."""

from django.urls import path

from portal.family import views

urlpatterns = [
    path("students/", views.students, name="students"),
    path("students/add/", views.add, name="add_student"),
    path("students/add/done/<str:ref>/", views.added, name="student_added"),
    path("students/add/not-me/<str:token>/", views.not_me, name="link_not_me"),
    path("students/<str:ref>/verify-pin/", views.verify_pin, name="verify_pin"),
    path("students/<str:ref>/remove/", views.remove, name="remove_student"),
]
