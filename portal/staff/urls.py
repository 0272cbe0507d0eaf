"""Addresses of the school's side; all of them below /staff/, where the staff cookie speaks."""

from django.urls import path

from portal.people import public
from portal.staff import (
    adoption,
    audit_log,
    corrections,
    history,
    imports,
    machine,
    my_list,
    new_contacts,
    parents,
    reasons,
    record,
    settings,
    sign_on,
    user_manager,
    views,
)
from portal.staff.reasons import with_reason
from portal.staff.registrar import views as registrar

urlpatterns = [
    path("staff/", views.sign_in, name="staff"),
    path("staff/sign-on/", sign_on.begin, name="staff_sign_on"),
    path("staff/sign-on/oidc/", sign_on.oidc_answer, name="staff_oidc"),
    path("staff/sign-on/saml/", sign_on.saml_answer, name="staff_saml"),
    path("staff/sign-on/saml/finish/", sign_on.saml_finish, name="staff_saml_finish"),
    path("staff/sign-on/saml/metadata/", sign_on.saml_metadata, name="staff_saml_metadata"),
    path("staff/language/", public.language, name="staff_language"),  # where the staff cookie speaks
    path("staff/sign-out/", views.sign_out, name="staff_sign_out"),
    path("staff/hidden/", views.hidden, name="staff_hidden"),
    path("staff/home/", views.home, name="staff_home"),
    path("staff/search/", views.find, name="staff_search"),
    path("staff/list/", my_list.listed, name="staff_list"),
    path("staff/list/add/", my_list.ticked, name="staff_list_add"),
    path("staff/list/letters/<str:ref>/", my_list.letters, name="staff_letters"),
    path("staff/list/letters/<str:ref>/pdf/", my_list.pdf, name="staff_letters_pdf"),
    path("staff/tools/user-manager/", user_manager.listed, name="staff_user_manager"),
    path("staff/tools/user-manager/add/", user_manager.add, name="staff_user_manager_add"),
    path("staff/parents/<str:ref>/", with_reason(parents.view), name="staff_parent"),
    path("staff/students/<str:ref>/history/", with_reason(history.view), name="staff_history"),
    path("staff/corrections/", corrections.listed, name="staff_corrections"),
    path("staff/corrections/<str:case>/", corrections.correction, name="staff_correction"),
    path("staff/corrections/questions/<str:case>/", corrections.question, name="staff_question"),
    path("staff/reports/new-emergency-contacts/", new_contacts.report, name="staff_emergency_report"),
    path(
        "staff/reports/new-emergency-contacts/print/", new_contacts.paper, name="staff_emergency_report_print"
    ),
    path("staff/reports/new-emergency-contacts.csv", new_contacts.sheet, name="staff_emergency_report_csv"),
    path("staff/registrar/", registrar.listed, name="staff_registrar_desk"),
    path("staff/registrar/<str:ref>/", registrar.guardians, name="staff_registrar"),
    path("staff/registrar/<str:ref>/rights/", registrar.rights, name="staff_registrar_rights"),
    path("staff/registrar/<str:ref>/orders/", registrar.orders, name="staff_registrar_orders"),
    path("staff/registrar/<str:ref>/orders/<str:case>/lift/", registrar.lift, name="staff_registrar_lift"),
    path(
        "staff/registrar/<str:ref>/orders/<str:case>/scan/",
        registrar.keep_scan,
        name="staff_registrar_keep_scan",
    ),
    path("staff/registrar/<str:ref>/scans/<str:case>/", registrar.scan, name="staff_registrar_scan"),
    path("staff/registrar/<str:ref>/guardians/", registrar.guardian, name="staff_registrar_guardian"),
    path("staff/registrar/<str:ref>/contacts/", registrar.contacts, name="staff_registrar_contacts"),
    path("staff/registrar/<str:ref>/address/", registrar.address, name="staff_registrar_address"),
    path("staff/registrar/<str:ref>/address/new/", registrar.new_address, name="staff_registrar_new_address"),
    path(
        "staff/registrar/<str:ref>/decisions/<str:case>/", registrar.decision, name="staff_registrar_decision"
    ),
    path("staff/dashboards/pins/", adoption.dashboard, name="staff_adoption"),
    path("staff/dashboards/pins.csv", adoption.sheet, name="staff_adoption_csv"),
    path("staff/dashboards/pins/print/", adoption.paper, name="staff_adoption_print"),
    path("staff/dashboards/pins/goal/", adoption.goal, name="staff_adoption_goal"),
    path("staff/dashboards/pins/students/", adoption.missing, name="staff_adoption_students"),
    path("staff/imports/", imports.listed, name="staff_imports"),
    path("staff/imports/<int:number>/", imports.run, name="staff_import"),
    path("staff/imports/<int:number>/put-aside.csv", imports.sheet, name="staff_import_csv"),
    path("staff/settings/", settings.listed, name="staff_settings"),
    path("staff/school-settings/", settings.schools, name="staff_settings_schools"),
    path("staff/school-settings/<str:school>/", settings.school_listed, name="staff_school_settings"),
    path(
        "staff/school-settings/<str:school>/<str:key>/", settings.school_setting, name="staff_school_setting"
    ),
    path("staff/settings/<str:key>/", settings.setting, name="staff_setting"),
    path("staff/jobs/", machine.jobs, name="staff_jobs"),
    path("staff/audit/", audit_log.listed, name="staff_audit"),
    path("staff/reason/", reasons.reason, name="staff_reason"),
    path("staff/students/<str:ref>/", with_reason(views.view), name="staff_student"),
    path("staff/students/<str:ref>/pin/", with_reason(views.checklist), name="staff_pin"),
    path("staff/students/<str:ref>/pin/show/", views.show, name="staff_pin_show"),
    path("staff/students/<str:ref>/pin/letter/", views.pin_letter, name="staff_pin_letter"),
    path("staff/students/<str:ref>/record/", with_reason(record.home), name="staff_record"),
    *record.addresses("staff_record_"),
]
