"""The columns of the companion CSV files this district writes.

Some of them are our own additions to the companion set. Like all others they begin with
sourcedId, status, dateLastModified; **R** is required, o optional.

**calendarDays.csv** (each weekday of the school year at each school): schoolSourcedId R; date R; kind R (instruction noSchool
minimumDay); title o. A minimum day is a day of instruction that ends early.

**currentGrades.csv** (the grade so far that a teacher publishes; a row missing = no grade yet): studentSourcedId R;
classSourcedId R; academicSessionSourcedId R; mark R (text: `B+`, or `3` where standards are marked); percent o Decimal
(0 or more, one place); updatedAt R DateTime; comment o.

**testScores.csv** of the companion set with likelyMin o, likelyMax o Decimal: where the score would likely be if the student
took the test again. **transcriptCourses.csv** with countsInGpa o Boolean: false for physical education; program, ucHonors,
gradeLevel, summer, sequence, sequenceStep o.

**studentAliases.csv** (an earlier Student ID that must still find the student): studentSourcedId R; alias R (an earlier
district Student ID); note o.

**schoolMenus.csv**, **busNotices.csv**, **libraryLoans.csv**, **libraryCards.csv**, **deviceRequests.csv**, **documentRequests.csv**,
**sentDocuments.csv**, **collegePlans.csv**, and `applicantSourcedId` of mealEligibility.csv: see docs/importing.md.
"""

from portal.demo.district.oneroster import HEAD

_FILES = {
    "guardianships": "studentSourcedId guardianSourcedId relationship educationalRights accessRestriction legalGuardian livesWith receivesMail mayPickUp interpreterNeeded contactPriority language basisDocument beginDate endDate",
    "contactPoints": "userSourcedId kind value line2 city state postalCode isPrimary doNotPublish",
    "emergencyContacts": "studentSourcedId priority givenName familyName relationship phone phoneType altPhone email language mayPickUp guardianSourcedId",
    "medicalAlerts": "studentSourcedId category summary severity actionPlanOnFile beginDate endDate",
    "attendance": "studentSourcedId schoolSourcedId date scope classSourcedId period category localCode localText minutesMissed enteredAt reasonText",
    "reportCardMarks": "studentSourcedId academicSessionSourcedId classSourcedId subject markType mark markText standardCode comment teacherSourcedId creditsAttempted creditsEarned isFinal postedAt",
    "calendarDays": "schoolSourcedId date kind title",
    "currentGrades": "studentSourcedId classSourcedId academicSessionSourcedId mark percent updatedAt comment",
    "studentAliases": "studentSourcedId alias note",
    "testScores": "studentSourcedId testCode testName subject administeredOn schoolYear gradeWhenTested parentSourcedId scoreType score scoreMin scoreMax level levelCount levelText releasedAt likelyMin likelyMax",
    "transcriptCourses": "studentSourcedId schoolYear term courseTitle courseCode mark credits ucCsuCode gpaWeight countsInGpa program ucHonors gradeLevel summer sequence sequenceStep",
    "graduationProgress": "studentSourcedId requirementCode requirementName creditsRequired creditsEarned creditsInProgress isMet asOf",
    "collegePlans": "studentSourcedId pathway sector workHours serviceLearning financialAid financialAidOn calGrantGpa asOf",
    "schoolMenus": "schoolSourcedId date meal title allergens diets carbs",
    "mealAccounts": "studentSourcedId balance currency asOf lowBalance",
    "mealEligibility": "studentSourcedId schoolYear benefit basis beginDate endDate applicantSourcedId",
    "transportation": "studentSourcedId schoolSourcedId direction routeName vehicleLabel stopName stopCode stopLat stopLon scheduledTime days beginDate endDate provider specialNeeds",
    "busNotices": "routeName date direction state minutes text",
    "libraryLoans": "studentSourcedId title author borrowedOn dueDate returnedOn renewable",
    "libraryCards": "studentSourcedId library state lastDigits",
    "deviceRequests": "studentSourcedId device reason state requestedOn place issuedOn dueBackOn note",
    "documentRequests": "studentSourcedId kind title askedOn dueDate state",
    "sentDocuments": "studentSourcedId kind fileName sentOn state reason",
    "documents": "studentSourcedId title kind language fileName sha256 publishedAt expiresAt requiresSignature",
    "immunizations": "studentSourcedId vaccineGroup cvxCode doseNumber doseDate source",
    "immunizationStatus": "studentSourcedId requirement vaccineGroup state dueDate note",
    "englishLearner": "studentSourcedId elStatus statusDate primaryLanguage program yearsAsEl longTermStatus monitorYear lastReviewDate",
    "elCriteria": "studentSourcedId criterion isMet value target asOf",
    "giftedTalented": "studentSourcedId category state stateDate schoolSourcedId note",
    "disciplineIncidents": "studentSourcedId schoolSourcedId incidentDate incidentTime behaviorCode behaviorText location description",
    "disciplineActions": "incidentSourcedId studentSourcedId action beginDate endDate days noticeSentAt",
    "specialEducationPlans": "studentSourcedId planType state primaryDisability beginDate reviewDue reevaluationDue lastMeeting nextMeeting caseManagerSourcedId parentConsentDate",
    "specialEducationServices": "planSourcedId service minutes per setting beginDate endDate providerName",
    "accommodations": "planSourcedId area text",
}

COLUMNS = {name: (*HEAD, *columns.split()) for name, columns in _FILES.items()}


def manifest() -> list[tuple[str, str]]:
    """The lines of manifest.csv; every file is the complete current truth."""
    return [
        ("propertyName", "value"),
        ("manifest.version", "1.0"),
        ("companion.version", "1.0"),
        *((f"file.{name}", "bulk") for name in sorted(COLUMNS)),
        ("source.systemName", "Sample Unified student information system"),
        ("source.systemCode", "SAMPLE"),
    ]
