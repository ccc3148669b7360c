package notify

import (
	"strings"

	"linecard/clean"
)

const (
	maxName  = 64  // runes of one name
	maxTitle = 120 // runes of a title, which may say more than a name
	maxLines = 4   // of a body
)

// Name shortens a name to what a notification has room for.
func Name(s string) string { return clean.Short(s, maxName) }

// cleanBody cleans each line of a body.
func cleanBody(s string) string {
	var lines []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = clean.Short(l, maxTitle); l != "" && len(lines) < maxLines {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// escapeMarkup is for servers that render the body as markup.
func escapeMarkup(s string) string { return markup.Replace(s) }

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// inert is for ways to show text that pass it through a shell, a script or a renderer nobody asks first: characters
// that could mean something become ones that look like them and mean nothing.
//
//   - notify-send renders < > & as markup, kdialog as rich text;
//   - PowerShell, which beeep uses where COM fails, expands $(…) and ` inside what it builds, and ends at "@ or ]]>;
//   - terminal-notifier and notify-send take text that begins with - for an option.
func inert(s string) string {
	s = lookalikes.Replace(s)
	if strings.HasPrefix(s, "-") {
		s = "‐" + s[1:]
	}
	return s
}

var lookalikes = strings.NewReplacer("<", "‹", ">", "›", "&", "＆", "$", "＄", "`", "‘", `"`, "”", "'", "’", `\`, "＼", "%", "％")
