"""HubSpot: people, companies and applications (deals) of a search, in the user's own CRM. Dated API, service key."""
