package receipt

// Limits on what one file may ask of the process. They are far above the
// exports of a chain's busiest day and far below what would hurt a small
// server; a file beyond them is refused with a reason, never half read in
// silence.
const (
	// MaxFileBytes is the largest file that is opened.
	MaxFileBytes = 2 << 30
	// MaxRows is how many data rows one file may have. Grouping keeps every
	// receipt in memory, about 350 bytes each while it works (measured), so
	// this bounds it to some 1.8 GB in the worst case: one line per receipt.
	MaxRows = 5_000_000
	// MaxRecordBytes is the longest row of a CSV file, line breaks inside
	// quotes included.
	MaxRecordBytes = 1 << 20
	// MaxFieldBytes is the longest cell.
	MaxFieldBytes = 64 << 10
	// MaxColumns is how many columns a row may have.
	MaxColumns = 500
	// MaxHeaderRow is the last row where the header may stand.
	MaxHeaderRow = 100
	// MaxReferenceBytes is the longest reference, product code, name, phone
	// number or e-mail address that is kept.
	MaxReferenceBytes = 200

	// MaxXMLDepth is how deep the elements of an XML file may nest.
	MaxXMLDepth = 64
	// MaxXMLTokenBytes is the longest tag, text or comment of an XML file.
	MaxXMLTokenBytes = 1 << 20

	// MaxXLSXBytes is the largest workbook: it is held in memory packed.
	MaxXLSXBytes = 128 << 20
	// MaxXLSXUnzippedBytes is the size of a workbook's parts together, when
	// unpacked. Large parts are unpacked to temporary files.
	MaxXLSXUnzippedBytes = 1 << 30
	// MaxXLSXPartBytes is the size, unpacked, of a part that is neither a
	// sheet nor the table of strings: those are held in memory.
	MaxXLSXPartBytes = 16 << 20
	// MaxXLSXParts is how many files a workbook may consist of.
	MaxXLSXParts = 2_000
	// MaxXLSXRows is the last row of a sheet (ECMA-376, as Excel limits it).
	MaxXLSXRows = 1_048_576

	// MaxMappingBytes is the largest mapping file.
	MaxMappingBytes = 64 << 10
	// MaxLayouts is how many time layouts a mapping may list.
	MaxLayouts = 10
	// MaxClassValues is how many legal class codes a mapping may list.
	MaxClassValues = 200
	// MaxStampsPerReceipt is the most that a mapping may give for one receipt.
	MaxStampsPerReceipt = 100
	// MaxMinor is the largest amount or quantity, in its smallest unit. It
	// keeps amounts where a float64 still tells hundredths apart by far, and
	// the sum of MaxRows of them inside an int64.
	MaxMinor = 100_000_000_000

	// MaxErrorValueRunes is how much of a refused value is shown.
	MaxErrorValueRunes = 80
	// MaxErrorParamRunes is how much of a parameter of a reason is shown. The
	// layouts of a mapping, which are the longest, fit in most cases.
	MaxErrorParamRunes = 200
)

const (
	// maxNumberBytes is the longest text that is tried as a number.
	maxNumberBytes = 40
	// maxNamesShown is how many column, sheet or element names an error lists.
	maxNamesShown = 50
	// maxNameRunes is how much of each of them is shown.
	maxNameRunes = 40
	// rowsPerContextCheck is how often a long loop asks whether to stop.
	rowsPerContextCheck = 256
)
