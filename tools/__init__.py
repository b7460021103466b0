"""What keeps the book in order."""

import sys

# jsonschema, which notebooks are checked with, would load it to check IRIs, of which they have none: for two seconds.
sys.modules["rfc3987_syntax"] = None
