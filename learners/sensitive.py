"""Fields of special category data and NI numbers: only for those who hold VIEW_SENSITIVE."""

SENSITIVE_FIELDS = ("nino", "ethnicity", "lldd", "lldd_primary", "lldd_others")
