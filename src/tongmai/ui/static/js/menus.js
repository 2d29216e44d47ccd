// Menus are <details>: one open at a time, closed by Escape or a click elsewhere.

export function bindMenus(root) {
  const others = (kept) => root.querySelectorAll("details[data-menu][open]").forEach((menu) => menu !== kept && (menu.open = false));
  root.addEventListener("click", (event) => others(event.target.closest("details[data-menu]")));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details[data-menu][open]");
      others(null);
      menu?.querySelector("summary").focus();
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      const box = document.getElementById("tm-search");
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
}
