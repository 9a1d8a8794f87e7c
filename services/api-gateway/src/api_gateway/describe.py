"""`python -m api_gateway.describe`: print the OpenAPI document, for docs/openapi.json."""

import json
import sys

from api_gateway.entrypoints.http.application import describe

if __name__ == "__main__":
    json.dump(describe(), sys.stdout, indent=1, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")
