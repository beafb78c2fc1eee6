/** Says so while the phone has no network. */
type Look = WechatMiniprogram.OnNetworkStatusChangeCallback
type Unlook = WechatMiniprogram.OffNetworkStatusChangeCallback

const looks = new WeakMap<object, Look>()

Component({
  data: { offline: false },
  lifetimes: {
    attached() {
      const look: Look = ({ isConnected }) => this.setData({ offline: !isConnected })
      looks.set(this, look)
      wx.onNetworkStatusChange(look)
      void wx.getNetworkType().then(({ networkType }) => this.setData({ offline: networkType === 'none' }))
    },
    detached() {
      wx.offNetworkStatusChange(looks.get(this) as Unlook | undefined)
    },
  },
})
