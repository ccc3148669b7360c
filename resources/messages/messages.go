// Package messages holds Linecard's sentences, one TOML file for each area and language: "ui.en.toml" has the messages
// whose ids begin with "ui.". Package app/catalogue reads them. A new file is embedded because of its name.
package messages

import "embed"

// Files are the message files.
//
//go:embed *.toml
var Files embed.FS
