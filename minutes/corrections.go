package minutes

func applyCorrections(language string, said []Evidence) {}
