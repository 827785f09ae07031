"""The tutorial's nine statements, each with its verdict."""
