"""The made-up provider of `make demo`, as plain data. Codes, Idents and names fit the sandbox's demo customer."""

from __future__ import annotations

# Ident, forenames, surname, roles, status
OFFICERS = [
    ("OF001", "Bryn", "Tallis", ["Assessor", "Main Adviser"], "Live"),
    ("OF002", "Meera", "Chandran", ["Assessor"], "Live"),
    ("OF003", "Callum", "Reith", ["Assessor"], "Live"),
    ("OF004", "Owain", "Prosser", ["Assessor"], "Live"),
    ("OF005", "Dorota", "Wilk", ["Assessor", "Training Adviser"], "Live"),
    ("OF006", "Ruairi", "Keane", ["Assessor"], "Live"),
    ("OF010", "Henrietta", "Shawcross", ["Internal Verifier"], "Live"),
    ("OF012", "Leonard", "Marsh", ["Assessor"], "Archived"),
]
# Ident, name, address, postcode, contact, EDRS
ORGANISATIONS = [
    ("EM001", "Pitt & Sons' Joinery", ("Unit 4, Mill Yard", "Northmoor"), "NM2 4QT", "Geraldine Pitt", "153400101"),
    ("EM002", "Larkfield Nursery", ("12 Larkfield Road", "Northmoor"), "NM1 7LB", "Joy Adeyemi", "153400102"),
    ("EM003", "Northmoor Borough Council", ("Town Hall", "Northmoor"), "NM1 1AA", "Priya Nair", "153400103"),
    ("EM004", "Harbour View Care Home", ("3 Harbour View", "Port Ennis"), "PE8 2HV", "Sioned Rees", "153400104"),
    ("EM005", "Brightwater Logistics Ltd", ("Dock Street", "Northmoor"), "NM4 1AA", "Tom Sedgwick", "153400105"),
    ("EM006", "Fennel & Rye Bakery", ("8 Corn Lane", "Northmoor"), "NM1 3RY", "Alma Whitlock", "153400106"),
    ("EM007", "", (), "", "", "153400107"),
]
# VQ Reference, title, level, awarding body
QUALIFICATIONS = [
    ("196AS", "Business Administrator", "3", ""),
    ("603/2954/9", "Level 3 Diploma in Business Administration", "3", "Northern Awards"),
    ("122AS", "Customer Service Practitioner", "2", ""),
    ("105AS", "Team Leader or Supervisor", "3", ""),
    ("135AS", "Early Years Educator", "3", ""),
    ("119AS", "Carpentry and Joinery", "2", ""),
    ("118AS", "Adult Care Worker", "2", ""),
    ("603/4581/6", "Functional Skills English", "2", "Northern Awards"),
    ("603/4264/5", "Functional Skills Mathematics", "2", "Northern Awards"),
    ("601/7480/2", "Award in Sustainable Working", "2", "Northern Awards"),
]
TAGS = ("Business Admin 2026", "Carpentry Autumn", "Early Years January", "Adult Care 2026", "Unassigned")

# name of a programme: its qualifications, employer, main officer, second assessor, tag
PROGRAMMES = {
    "business": (("196AS", "603/2954/9", "603/4581/6"), "EM003", "OF002", "OF005", "Business Admin 2026"),
    "carpentry": (("119AS", "603/4581/6", "603/4264/5"), "EM001", "OF001", "OF006", "Carpentry Autumn"),
    "early years": (("135AS", "603/4581/6"), "EM002", "OF003", "OF002", "Early Years January"),
    "care": (("118AS", "601/7480/2"), "EM004", "OF004", "OF004", "Adult Care 2026"),
    "service": (("122AS", "603/4264/5"), "EM005", "OF005", "OF002", "Unassigned"),
    "leader": (("105AS",), "EM006", "OF006", "OF006", "Unassigned"),
}
# Ident, forenames, surname, born, ULN, programme, months since the start, what is special
LEARNERS = [
    ("AB12C", "Amara", "Okafor-Lane", "2007-07-14", "4123456781", "carpentry", 2, "linked 700100"),
    ("NM104", "Sadia", "Rahman", "2005-11-03", "6172045848", "business", 10, "linked 700102"),
    ("HB021", "Catrin", "Bevan", "1998-08-30", "8213507478", "care", 5, "linked 700104"),
    ("NM101", "Jonah", "Whitcombe", "2006-02-28", "", "business", 7, "duplicate"),
    ("NM102", "Östen", "Lindqvist", "2006-05-17", "", "business", 3, ""),
    ("NM103", "Beatrix", "Falconer", "2005-09-22", "", "business", 3, ""),
    ("NM105", "Tobias", "Achterberg", "2004-12-01", "", "business", 1, ""),
    ("NM106", "Zofia", "Brandt", "2007-03-08", "", "business", 1, "no email"),
    ("NM107", "Siobhan", "O'Dell", "2006-08-19", "", "carpentry", 2, ""),
    ("NM108", "Marlon", "Greaves", "2005-01-30", "", "carpentry", 2, ""),
    ("NM109", "Iona", "Mackintosh-Bell", "2008-02-29", "", "carpentry", 2, "shared email"),
    ("NM110", "Isla", "Mackintosh-Bell", "2008-02-29", "", "carpentry", 2, "shared email"),
    ("NM111", "Dafydd", "Pugh", "2006-10-11", "", "carpentry", 2, "unnamed employer"),
    ("NM112", "Khalid", "Noor", "2007-06-25", "", "carpentry", 2, "no placement"),
    ("NM113", "Freya", "Lockwood", "2005-04-04", "", "early years", 9, ""),
    ("NM114", "Chidi", "Eze", "2004-07-15", "", "early years", 9, ""),
    ("NM115", "Martha", "Kinsella", "2003-11-27", "", "early years", 1, ""),
    ("NM116", "Aisling", "Byrne", "2006-01-09", "", "early years", 1, "on a break"),
    ("HB022", "Gethin", "Parry", "1995-03-03", "", "care", 4, ""),
    ("HB023", "Rosalind", "Yeo", "1989-12-12", "", "care", 4, ""),
    ("HB024", "Emeka", "Umar", "2001-05-06", "", "care", 4, "held"),
    ("NM117", "Lucia", "Ferraro", "2006-09-14", "", "service", 2, ""),
    ("NM118", "Hamish", "Doull", "2005-08-08", "", "service", 2, "archived officer"),
    ("NM119", "Noor", "Haddad", "2007-01-20", "", "service", 2, ""),
    ("NM120", "Percy", "Vane-Smith", "2004-02-02", "", "service", 14, "ended lately"),
    ("NM121", "Ottoline", "Grey", "1990-10-10", "", "leader", 6, ""),
    ("NM122", "Samir", "Kapadia", "1986-06-16", "", "leader", 6, ""),
    ("NM123", "Wilf", "Thornbury", "1992-04-24", "", "leader", 26, "ended long ago"),
    ("NM124", "Petra", "Novak", "1999-09-09", "", "leader", 0, "partial"),
    ("NM125", "Jun", "Takeda", "2002-02-14", "", "business", 0, "starts soon"),
]
