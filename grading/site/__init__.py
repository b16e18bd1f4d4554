"""What Quarto shows: filters of the notebooks. Only the standard library is needed here."""
