package catalogue_test

import "embed"

//go:embed testdata
var testdata embed.FS
