"""The dossier: a unit's whole trace as a PDF for people, A4, with its pictures.

reportlab costs about 100 MB of memory and is loaded only when a dossier is written.
"""

from station_app.storage.dossier.write import DossierError, PictureReader, write_dossier

__all__ = ["DossierError", "PictureReader", "write_dossier"]
