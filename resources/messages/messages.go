// Package messages holds the sentences of Linecard, one TOML file per area and language: "ui.en.toml" has the messages
// whose ids begin with "ui.". Package app/catalogue reads them. A new file is embedded by its name alone.
package messages

import "embed"

// Files are the message files.
//
//go:embed *.toml
var Files embed.FS
