package minutes

import "bienban/transcribe"

func suggest(m *Meeting, t *transcribe.Transcript) {}
