package templates

import "testing"

func TestEveryFormThatComesWithTheProgramLoads(t *testing.T) {
	forms, err := Forms()
	if err != nil {
		t.Fatal(err)
	}
	if len(forms) < 2 {
		t.Fatalf("%d forms", len(forms))
	}
	for _, l := range []string{"vi", "en", "fr"} {
		if _, err := Plain(l); err != nil {
			t.Error(err)
		}
	}
}
