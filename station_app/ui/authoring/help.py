"""What F1 shows in the editor: what each page is for, and its keys. Markdown."""

from __future__ import annotations

from typing import Final

HELP: Final = {
    "start": (
        "Work instructions",
        (
            "The list has the **drafts of this computer** and every version at the **server**. Enter opens what is selected. "
            "Drafts can be written without the server; saving, review and release need it, and somebody signed in.\n\n"
            "**New version** begins a draft with the content of the selected one. A released version never changes.\n\n"
            "**Import** takes a single file as a draft; **Export** writes one, pictures included.\n\n"
            "Keys: Ctrl+N new, Enter open, Ctrl+D new version, F6 document control, Ctrl+F filter, Ctrl+R refresh, "
            "Ctrl+I sign in or out."
        ),
    ),
    "edit": (
        "Writing an instruction",
        (
            "At the left the **steps**, in the middle what is edited, at the right the step **as the station shows it**. "
            "Below it every fault; Enter or a click leads to its place.\n\n"
            "What you type is kept on this computer at once, also when the power goes. **Save to server** brings the draft "
            "to the others; **Document control** asks for review.\n\n"
            "**Pictures**: drag files into the window. Choose Callout, press where it points, drag to its number. Arrows move "
            "the selected mark (Shift: far; Ctrl: its number or corner), Delete removes it.\n\n"
            "**Checks**: a value that differs between variants is the name of a parameter in braces: {force_max}.\n\n"
            "**Try it** runs the instruction on the station's own page with stand-ins; nothing is recorded.\n\n"
            "Keys: Ctrl+Z undo, Ctrl+Y redo, Ctrl+N add step, Ctrl+0 the list, Alt+Up and Alt+Down move, Ctrl+D duplicate, "
            "Delete, Ctrl+PgUp and Ctrl+PgDown other step, Ctrl+1 text, Ctrl+2 pictures, Ctrl+3 checks, Ctrl+4 properties, "
            "Ctrl+M add file, Ctrl+Shift+C callout, Ctrl+Shift+R region, Ctrl+K add check, F5 try, F6 document control, "
            "F8 next fault, Ctrl+S save to the server, Esc the list."
        ),
    ),
    "control": (
        "Document control",
        (
            "A draft is **submitted** with the reason for the change and the roles that have to approve it. Each **signs** "
            "with a name and password, or badge and PIN; who wrote it cannot. An approved version is **released**: from then "
            "on the stations use it, and the one before is superseded.\n\n"
            "**Withdraw** stops every start with a version at once; the stations show the reason.\n\n"
            "What cannot be done now is grey; the button says why.\n\n"
            "Keys: Tab goes through the buttons, Ctrl+O opens the version, Esc goes back to the list."
        ),
    ),
}
