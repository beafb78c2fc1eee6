/** How far, 0 to 100; the number is said in words beside it. */
Component({
  properties: {
    percent: Number,
    label: String,
  },
})
