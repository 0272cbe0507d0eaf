"""Addresses of the school's side; all of them below /staff/, where the staff cookie speaks."""

from django.urls import path

from portal.staff import audit_log, corrections, machine, new_contacts, reasons, views
from portal.staff.reasons import with_reason

urlpatterns = [
    path("staff/", views.sign_in, name="staff"),
    path("staff/sign-out/", views.sign_out, name="staff_sign_out"),
    path("staff/hidden/", views.hidden, name="staff_hidden"),
    path("staff/home/", views.home, name="staff_home"),
    path("staff/search/", views.find, name="staff_search"),
    path("staff/corrections/", corrections.listed, name="staff_corrections"),
    path("staff/corrections/<str:case>/", corrections.correction, name="staff_correction"),
    path("staff/corrections/questions/<str:case>/", corrections.question, name="staff_question"),
    path("staff/reports/new-emergency-contacts/", new_contacts.report, name="staff_emergency_report"),
    path(
        "staff/reports/new-emergency-contacts/print/", new_contacts.paper, name="staff_emergency_report_print"
    ),
    path("staff/reports/new-emergency-contacts.csv", new_contacts.sheet, name="staff_emergency_report_csv"),
    path("staff/jobs/", machine.jobs, name="staff_jobs"),
    path("staff/audit/", audit_log.listed, name="staff_audit"),
    path("staff/reason/", reasons.reason, name="staff_reason"),
    path("staff/students/<str:ref>/", with_reason(views.view), name="staff_student"),
    path("staff/students/<str:ref>/pin/", with_reason(views.checklist), name="staff_pin"),
    path("staff/students/<str:ref>/pin/show/", views.show, name="staff_pin_show"),
    path("staff/students/<str:ref>/pin/letter/", views.pin_letter, name="staff_pin_letter"),
]
