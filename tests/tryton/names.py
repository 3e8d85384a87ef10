"""How the test Tryton's database and its users are called; known to the tests and to the processes that they start."""

DATABASE = "crm"
MODULES = ("sale_opportunity", "party_relationship")
ADMINISTRATOR, SECRET = "admin", "secret-admin"
USER, PASSWORD = "hannah", "secret-hannah"  # may keep opportunities, and is no administrator
