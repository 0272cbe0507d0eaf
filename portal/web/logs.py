"""Log lines as JSON: what happened and where, never who, and never anything a person typed."""

import json
import logging


class Json(logging.Formatter):
    """One line an entry. Messages of our own hold no values from outside; a traceback is kept without locals."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=True)
