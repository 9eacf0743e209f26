import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('partners', '0002_contracts'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('file', models.CharField(max_length=200, verbose_name='kept as')),
                ('days', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(31)], verbose_name='tolerance in days')),
                ('amount', models.PositiveBigIntegerField(default=0, verbose_name='tolerance in the amount, in minor units')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to='partners.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'partner’s file',
                'verbose_name_plural': 'partners’ files',
            },
        ),
        migrations.CreateModel(
            name='MatchedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('result', models.CharField(choices=[('matched', 'the same'), ('differing', 'differing'), ('only_ours', 'only with us'), ('only_theirs', 'only with them')], max_length=12, verbose_name='result')),
                ('row', models.PositiveIntegerField(blank=True, null=True, verbose_name='row of the file')),
                ('reference', models.CharField(max_length=120, verbose_name='reference')),
                ('date', models.DateField(verbose_name='date')),
                ('points', models.BigIntegerField(blank=True, null=True, verbose_name='their points')),
                ('amount', models.BigIntegerField(blank=True, null=True, verbose_name='their amount, in minor units')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partnerline', verbose_name='our line')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matched', to='partners.statementupload', verbose_name='partner’s file')),
            ],
            options={
                'verbose_name': 'matched line',
                'verbose_name_plural': 'matched lines',
                'constraints': [models.UniqueConstraint(models.F('upload'), models.F('row'), condition=models.Q(('row__isnull', False)), name='matched_row_is_matched_once'), models.UniqueConstraint(models.F('upload'), models.F('line'), condition=models.Q(('line__isnull', False)), name='matched_line_is_matched_once'), models.CheckConstraint(condition=models.Q(models.Q(('line__isnull', False), ('points__isnull', True), ('result', 'only_ours'), ('row__isnull', True)), models.Q(('line__isnull', True), ('points__isnull', False), ('result', 'only_theirs'), ('row__isnull', False)), models.Q(('line__isnull', False), ('points__isnull', False), ('result__in', ['matched', 'differing']), ('row__isnull', False)), _connector='OR'), name='matched_line_has_its_sides')],
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('rejected', 'rejected'), ('settled', 'settled otherwise')], default='open', max_length=10, verbose_name='state')),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('amount', models.BigIntegerField(verbose_name='amount, in minor units')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('correction', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partnerline', verbose_name='correcting line')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('matched', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='partners.matchedline', verbose_name='matched line')),
            ],
            options={
                'verbose_name': 'dispute',
                'verbose_name_plural': 'disputes',
                'permissions': [('decide_dispute', 'Can decide disputes with partners')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('reason', ''), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='dispute_decided_has_its_reason'), models.CheckConstraint(condition=models.Q(models.Q(('correction__isnull', False), ('state__in', ['accepted', 'settled'])), models.Q(('correction__isnull', True), ('state__in', ['open', 'rejected'])), _connector='OR'), name='dispute_corrects_what_was_granted')],
            },
        ),
        migrations.AlterModelOptions(
            name='statement',
            options={'permissions': [('match_statement', 'Can match statements with partners’ files')], 'verbose_name': 'statement', 'verbose_name_plural': 'statements'},
        ),
    ]
