/** A choice of one among few; tells `choose` with its key. */
Component({
  properties: {
    tabs: { type: Array, value: [] as { key: string; text: string }[] },
    chosen: String,
  },
  methods: {
    choose(event: WechatMiniprogram.TouchEvent<object, object, { key: string }>) {
      const { key } = event.currentTarget.dataset
      if (key !== this.data.chosen) this.triggerEvent('choose', { key })
    },
  },
})
