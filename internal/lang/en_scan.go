package lang

func scanEnglish(t *text) []match { return scanWritten(t) }
