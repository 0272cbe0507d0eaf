"""The columns of the OneRoster CSV files this district writes, in the standard's order.

Source: OneRoster CSV Binding 1.1 and 1.2.1. demographics.csv carries the birth date alone: the portal has no use for
the other columns, and birth places could harm a family.
"""

HEAD = ("sourcedId", "status", "dateLastModified")

_SHARED = {
    "orgs": "name type identifier parentSourcedId",
    "academicSessions": "title type startDate endDate parentSourcedId schoolYear",
    "courses": "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds subjects subjectCodes periods",
    "demographics": "birthDate",
    "enrollments": "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
}
_FILES = {
    "1.1": _SHARED
    | {
        "users": "enabledUser orgSourcedIds role username userIds givenName familyName middleName identifier email sms phone agentSourcedIds grades password",
        "categories": "title",
        "lineItems": "title description assignDate dueDate classSourcedId categorySourcedId gradingPeriodSourcedId resultValueMin resultValueMax",
        "results": "lineItemSourcedId studentSourcedId scoreStatus score scoreDate comment",
    },
    "1.2": _SHARED
    | {
        "users": "enabledUser username userIds givenName familyName middleName identifier email sms phone agentSourcedIds grades password userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns",
        "roles": "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
        "categories": "title weight",
        "lineItems": "title description assignDate dueDate classSourcedId categorySourcedId academicSessionSourcedId resultValueMin resultValueMax schoolSourcedId",
        "results": "lineItemSourcedId studentSourcedId scoreStatus score scoreDate comment textScore classSourcedId inProgress incomplete late missing",
    },
}
_UNUSED = {
    "1.1": "classResources courseResources resources",
    "1.2": "classResources courseResources resources lineItemLearningObjectiveIds lineItemScoreScales "
    "resultLearningObjectiveIds resultScoreScales scoreScales userProfiles userResources",
}

COLUMNS = {
    version: {name: (*HEAD, *columns.split()) for name, columns in files.items()}
    for version, files in _FILES.items()
}


def manifest(version: str, modes: dict[str, str]) -> list[tuple[str, str]]:
    """The lines of manifest.csv; a file not in `modes` is absent."""
    names = sorted((*COLUMNS[version], *_UNUSED[version].split()))
    return [
        ("propertyName", "value"),
        ("manifest.version", "1.0"),
        ("oneroster.version", version),
        *((f"file.{name}", modes.get(name, "absent")) for name in names),
        ("source.systemName", "Sample Unified student information system"),
        ("source.systemCode", "SAMPLE"),
    ]
