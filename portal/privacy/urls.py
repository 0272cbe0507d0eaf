"""Addresses of the privacy pages."""

from django.urls import path

from portal.privacy import copies, views

urlpatterns = [
    path("privacy/", views.overview, name="privacy"),
    path("privacy/<ref:ref>/log/", views.looked, name="privacy_log"),
    path("privacy/<ref:ref>/log/<day:day>/<slug:look>/", views.ask, name="privacy_ask"),
    path("privacy/<ref:ref>/download/", views.copy, name="privacy_copy"),
    path(
        "privacy/<ref:ref>/download/<ref:copy>/data/",
        views.copy_file,
        {"part": copies.DATA},
        name="privacy_copy_data",
    ),
    path(
        "privacy/<ref:ref>/download/<ref:copy>/pdf/",
        views.copy_file,
        {"part": copies.PAPER},
        name="privacy_copy_pdf",
    ),
    path("privacy/<ref:ref>/correction/", views.correction, name="privacy_correction"),
    path("privacy/<ref:ref>/correction/<ref:case>/", views.request_, name="privacy_request"),
]
