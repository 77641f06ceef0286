"""What kill rounds and bench share: an instance of its own, a browser without a window, a crowd of applicants."""
