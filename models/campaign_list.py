"""What imports have changed of the white lists of campaigns."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class TrialList(Model):
    """Who stands on the list of a campaign besides those its document names, and who does not though it does: the last
    import that names a customer decides. `changes` counts the times it was changed.
    """

    campaign = fields.CharField(64, primary_key=True)
    changes = fields.BigIntField()
    listed = ArrayField(element_type="bigint")
    struck = ArrayField(element_type="bigint")

    class Meta:
        table = "trial_list"
