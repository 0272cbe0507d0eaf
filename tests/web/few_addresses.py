"""A portal in which only the home page exists."""

from django.urls import path

from tests.web.addresses import nothing

urlpatterns = [path("home/", nothing, name="home")]
