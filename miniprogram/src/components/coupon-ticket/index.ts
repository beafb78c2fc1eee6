/** A coupon, or an offer of one, as a ticket: the face on the stub, its state in words. The slot is its foot. */
import type { CouponView, OfferView } from '@/views/coupons'

Component({
  properties: {
    coupon: { type: Object, value: {} as CouponView | OfferView },
  },
})
