"""The project's own work: its main job, its checks, its notebooks."""
