"""The tabs of a Delivery Plan."""

TABS = {
    "progress": "Progress",
    "qualifications": "Qualifications",
    "units": "Units",
    "reviews": "Reviews",
    "placements": "Placements",
    "officers": "Officers",
    "history": "History",
}
FIRST = "progress"
