"""Staff: who they are is Cognito's to say; what they may, and for which company, stands in the token that it gives us."""
