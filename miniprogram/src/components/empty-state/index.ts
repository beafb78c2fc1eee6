/** Nothing here yet, and what to do next (the slot). */
Component({
  properties: {
    title: String,
    text: String,
  },
})
