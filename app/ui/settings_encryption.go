package ui

// newEncryptionField is the choice of an account's encryption of calls.
func newEncryptionField(changed func()) *explainedChoice {
	f := newExplainedChoice(phrase("ui.encryption"), []explained{
		{value: "never", name: "ui.encryption-never", means: "ui.encryption-never-means"},
		{value: "offered", name: "ui.encryption-offered", means: "ui.encryption-offered-means"},
		{value: "preferred", name: "ui.encryption-preferred", means: "ui.encryption-preferred-means"},
		{value: "required", name: "ui.encryption-required", means: "ui.encryption-required-means", loud: true},
	}, changed)
	f.set("offered")
	return f
}
