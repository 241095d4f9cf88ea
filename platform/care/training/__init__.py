"""Learning Samplan: scenarios at a training huvudman, who has been trained, a survey."""
