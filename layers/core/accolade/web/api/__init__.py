"""The JSON API: what the pages do, for programs: `/api/v1/...`, described at `/openapi.json`."""
