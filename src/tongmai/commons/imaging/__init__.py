"""Studies, series and instances of images, kept whole as they came, and the archive that holds their files."""
