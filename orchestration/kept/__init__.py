"""What a warehouse rebuilt from landing files cannot know, and its backups."""
