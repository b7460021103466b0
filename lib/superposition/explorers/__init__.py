"""The explorers of the book, a module for each chapter and a function for each explorer."""
