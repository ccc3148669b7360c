package demoorg

import (
	"fmt"
	"slices"
	"strings"
)

// Salesforce answers in the user's language, or in the one that the request names in Accept-Language: labels of objects, fields,
// picklist entries and list views, and what it says about data that it refuses. API names, picklist values, error codes and what it
// says about a malformed query stay as they are. (Object Reference: User, LanguageLocaleKey; REST API Developer Guide: sObject Describe, If-Modified-Since and Accept-Language; Object
// Reference, describe: label. That queries are complained about in English is believed.)

// languages are those that the demo org has words in, beside English.
var languages = []string{"de", "es", "fr", "ja"}

// words are the labels in each of languages, in that order.
//
//nolint:misspell // it knows English only
var words = map[string][4]string{
	"Account": {"Account", "Cuenta", "Compte", "取引先"}, "Accounts": {"Accounts", "Cuentas", "Comptes", "取引先"},
	"Contact": {"Kontakt", "Contacto", "Contact", "取引先責任者"}, "Contacts": {"Kontakte", "Contactos", "Contacts", "取引先責任者"},
	"Lead": {"Lead", "Candidato", "Piste", "リード"}, "Leads": {"Leads", "Candidatos", "Pistes", "リード"},
	"Opportunity": {"Opportunity", "Oportunidad", "Opportunité", "商談"}, "Opportunities": {"Opportunities", "Oportunidades", "Opportunités", "商談"},
	"Case": {"Kundenvorgang", "Caso", "Requête", "ケース"}, "Cases": {"Kundenvorgänge", "Casos", "Requêtes", "ケース"},
	"Task": {"Aufgabe", "Tarea", "Tâche", "ToDo"}, "Tasks": {"Aufgaben", "Tareas", "Tâches", "ToDo"},
	"User": {"Benutzer", "Usuario", "Utilisateur", "ユーザー"}, "Users": {"Benutzer", "Usuarios", "Utilisateurs", "ユーザー"},

	"Account Name": {"Accountname", "Nombre de la cuenta", "Nom du compte", "取引先名"}, "Full Name": {"Vollständiger Name", "Nombre completo", "Nom complet", "氏名"},
	"First Name": {"Vorname", "Nombre", "Prénom", "名"}, "Last Name": {"Nachname", "Apellidos", "Nom de famille", "姓"},
	"Title": {"Position", "Título", "Titre", "役職"}, "Phone": {"Telefon", "Teléfono", "Téléphone", "電話"},
	"Business Phone": {"Telefon geschäftlich", "Teléfono del trabajo", "Téléphone professionnel", "会社電話"}, "Mobile Phone": {"Mobiltelefon", "Teléfono móvil", "Téléphone mobile", "携帯電話"},
	"Home Phone": {"Telefon privat", "Teléfono particular", "Téléphone personnel", "自宅電話"}, "Other Phone": {"Weiteres Telefon", "Otro teléfono", "Autre téléphone", "その他の電話"},
	"Asst. Phone": {"Telefon des Assistenten", "Teléfono del asistente", "Téléphone assistant", "アシスタント電話"}, "Account Phone": {"Accounttelefon", "Teléfono de la cuenta", "Téléphone du compte", "取引先電話"},
	"Email": {"E-Mail", "Correo electrónico", "E-mail", "メール"}, "Do Not Call": {"Nicht anrufen", "No llamar", "Ne pas appeler", "電話不可"},
	"Company": {"Firma", "Compañía", "Société", "会社名"}, "Status": {"Status", "Estado", "Statut", "状況"}, "Priority": {"Priorität", "Prioridad", "Priorité", "優先度"},
	"Subject": {"Betreff", "Asunto", "Objet", "件名"}, "Description": {"Beschreibung", "Descripción", "Description", "説明"},
	"Due Date Only": {"Nur Fälligkeitsdatum", "Solo fecha de vencimiento", "Date d'échéance uniquement", "期日のみ"},
	"Call Duration": {"Anrufdauer", "Duración de la llamada", "Durée de l'appel", "コールの期間"}, "Call Type": {"Anruftyp", "Tipo de llamada", "Type d'appel", "コール種別"},
	"Call Result": {"Anrufergebnis", "Resultado de la llamada", "Résultat de l'appel", "コール結果"}, "Created Date": {"Erstellt am", "Fecha de creación", "Date de création", "作成日"},
	"Last Modified Date": {"Zuletzt geändert am", "Fecha de última modificación", "Date de dernière modification", "最終更新日"}, "Case Number": {"Kundenvorgangsnummer", "Número del caso", "Numéro de la requête", "ケース番号"},
	"Owner ID": {"Inhaber-ID", "Id. de propietario", "ID du propriétaire", "所有者 ID"}, "Last Activity": {"Letzte Aktivität", "Última actividad", "Dernière activité", "最終活動日"},

	"Inbound": {"Eingehend", "Entrante", "Entrant", "着信"}, "Outbound": {"Ausgehend", "Saliente", "Sortant", "発信"}, "Internal": {"Intern", "Interna", "Interne", "社内"},
	"High": {"Hoch", "Alta", "Élevée", "高"}, "Normal": {"Normal", "Normal", "Normale", "中"}, "Medium": {"Mittel", "Media", "Moyenne", "中"}, "Low": {"Niedrig", "Baja", "Faible", "低"},
	"Not Started": {"Nicht begonnen", "No iniciada", "Non commencée", "未着手"}, "In Progress": {"In Bearbeitung", "En curso", "En cours", "進行中"},
	"Completed": {"Abgeschlossen", "Completada", "Terminée", "完了"}, "Waiting on someone else": {"Warten auf andere Person", "En espera de otra persona", "En attente d'une autre personne", "他の人を待機中"}, "Deferred": {"Zurückgestellt", "Aplazada", "Différée", "延期"},

	"All Contacts": {"Alle Kontakte", "Todos los contactos", "Tous les contacts", "すべての取引先責任者"}, "My Contacts": {"Meine Kontakte", "Mis contactos", "Mes contacts", "私の取引先責任者"},
	"New This Week": {"Neu in dieser Woche", "Nuevos esta semana", "Nouveaux cette semaine", "今週の新規"}, "To Call": {"Anzurufen", "Por llamar", "À appeler", "要架電"},
	"All Accounts": {"Alle Accounts", "Todas las cuentas", "Tous les comptes", "すべての取引先"}, "My Accounts": {"Meine Accounts", "Mis cuentas", "Mes comptes", "私の取引先"},
	"All Open Leads": {"Alle offenen Leads", "Todos los candidatos abiertos", "Toutes les pistes ouvertes", "すべての未取引開始リード"}, "Open Tasks": {"Offene Aufgaben", "Tareas abiertas", "Tâches ouvertes", "未完了 ToDo"},
}

// sentences are what the org says about data that it refuses, in each of languages. The English one is the form.
var sentences = map[string][4]string{
	"Required fields are missing: [%s]":                     {"Erforderliche Felder fehlen: [%s]", "Faltan campos obligatorios: [%s]", "Des champs obligatoires sont manquants : [%s]", "必須項目が入力されていません: [%s]"},
	"%s: data value too large: %s (max length=%d)":          {"%s: Datenwert zu groß: %s (maximale Länge=%d)", "%s: valor de datos demasiado grande: %s (longitud máxima=%d)", "%s: valeur de données trop grande : %s (longueur max=%d)", "%s: データ値が大きすぎます: %s (最大長=%d)"},
	"%s: bad value for restricted picklist field: %s":       {"%s: Ungültiger Wert für eingeschränktes Auswahllistenfeld: %s", "%s: valor incorrecto para el campo de lista de selección restringida: %s", "%s: valeur incorrecte pour le champ de liste de sélection restreinte : %s", "%s: 制限つき選択リスト項目の値が不適切: %s"},
	"%s: invalid email address: %s":                         {"%s: Ungültige E-Mail-Adresse: %s", "%s: dirección de correo electrónico no válida: %s", "%s: adresse e-mail non valide : %s", "%s: メールアドレスが無効: %s"},
	"%s: value outside of valid range on numeric field: %v": {"%s: Wert außerhalb des zulässigen Bereichs des Zahlenfelds: %v", "%s: valor fuera del intervalo válido en el campo numérico: %v", "%s: valeur hors de la plage valide pour le champ numérique : %v", "%s: 数値項目の値が有効範囲外です: %v"},
	"%s: id value of incorrect type: %s":                    {"%s: ID-Wert vom falschen Typ: %s", "%s: valor de Id. de tipo incorrecto: %s", "%s: valeur d'ID de type incorrect : %s", "%s: ID 値のデータ型が不正: %s"},
	"invalid cross reference id":                            {"Ungültige ID für Querverweis", "Id. de referencia cruzada no válido", "ID de référence croisée non valide", "無効なクロスリファレンス ID"},
	"entity is deleted":                                     {"Entität wurde gelöscht", "la entidad se ha eliminado", "l'entité est supprimée", "エンティティが削除されました"},
	"insufficient access rights on object id":               {"Unzureichende Zugriffsrechte für Objekt-ID", "derechos de acceso insuficientes en el Id. de objeto", "droits d'accès insuffisants sur l'ID d'objet", "オブジェクト ID に対するアクセス権が不十分"},
	"Use one of these records?":                             {"Einen dieser Datensätze verwenden?", "¿Desea utilizar uno de estos registros?", "Utiliser l'un de ces enregistrements ?", "次のレコードのいずれかを使用しますか?"},
	"storage limit exceeded":                                {"Speicherlimit überschritten", "se ha superado el límite de almacenamiento", "limite de stockage dépassée", "ストレージ容量の制限を超えました"},
}

// speaks sets the language of the answer: the first that Accept-Language names and the org has, else the user's.
func (o *Org) speaks(c *call) {
	o.language = ""
	for tag := range strings.SplitSeq(c.header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		if code := languageOf(tag); code == "en" || slices.Contains(languages, code) {
			o.language = code
			return
		}
	}
	if u := o.db.rows[c.who.userID]; u != nil {
		o.language = languageOf(u.text("LanguageLocaleKey"))
	}
}

// languageOf is the language of a tag such as de-CH or pt_BR.
func languageOf(tag string) string {
	code, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	return code
}

// said is a label in the language of the answer.
func (o *Org) said(label string) string {
	if i := slices.Index(languages, o.language); i >= 0 {
		if w, known := words[label]; known {
			return w[i]
		}
	}
	return label
}

// refusal is an error in the language of the answer, as far as there are words.
func (o *Org) refusal(e *apiError) *apiError {
	i := slices.Index(languages, o.language)
	form, known := sentences[e.format]
	if i < 0 || !known {
		return e
	}
	said, args := *e, slices.Clone(e.args)
	for j, a := range args {
		if s, isText := a.(string); isText && j == 0 { // the label of the field
			args[j] = o.said(s)
		}
	}
	said.message = fmt.Sprintf(form[i], args...)
	return &said
}
