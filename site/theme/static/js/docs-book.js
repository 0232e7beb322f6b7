// The list of all pages beside a page of the docs begins where the reader is.
const book = document.querySelector(".docs-side");
const here = book?.querySelector("[aria-current='page']");

if (book && here && book.scrollHeight > book.clientHeight) {
  const above = here.getBoundingClientRect().top - book.getBoundingClientRect().top;
  if (above > book.clientHeight * 0.8) book.scrollTop = above - book.clientHeight / 2;
}
