"""English Learner Progress: how well a student uses English at school, and what is left until reclassification."""
