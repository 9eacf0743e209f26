from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import loyalty.lib.fields


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('members', '0006_erasure'),
        ('partners', '0001_initial'),
        ('programs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='first day')),
                ('valid_until', models.DateField(blank=True, help_text='The first day on which it no longer holds.', null=True, verbose_name='ends before')),
                ('accrual_rate', models.DecimalField(decimal_places=6, help_text='In the smallest unit of the partner’s money: 0.85 is 0.85 cents a point.', max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='the partner pays, per point earned there')),
                ('redemption_rate', models.DecimalField(decimal_places=6, help_text='In the smallest unit of the partner’s money.', max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='the program pays, per point spent there')),
                ('rounding', models.CharField(choices=[('floor', 'down'), ('round', 'to the nearest'), ('half_even', 'to the nearest, halves to the even one'), ('ceil', 'up')], default='half_even', max_length=10, verbose_name='rounding')),
                ('kinds', loyalty.lib.fields.TextListField(blank=True, default=list, help_text='Such as purchase, visit; empty means every kind. Refunds always come in.', verbose_name='kinds of activity')),
                ('can_redeem', models.BooleanField(default=True, verbose_name='points can be spent there')),
                ('billing', models.CharField(choices=[('postpaid', 'billed afterwards'), ('prepaid', 'from packs bought before')], default='postpaid', max_length=10, verbose_name='billing')),
                ('budget_month', models.PositiveBigIntegerField(blank=True, help_text='Empty means without limit.', null=True, verbose_name='budget per month, points')),
                ('budget_total', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='budget in all, points')),
                ('over_budget', models.CharField(choices=[('trim', 'give what is left'), ('refuse', 'refuse the activity')], default='trim', max_length=10, verbose_name='beyond the budget')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='partners.partner', verbose_name='partner')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partner_contracts', to='programs.program', verbose_name='program')),
            ],
            options={
                'verbose_name': 'contract',
                'verbose_name_plural': 'contracts',
                'ordering': ['partner', 'program', '-valid_from'],
                'permissions': [('book_contract', 'Can book packs and payments of partners')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='contract_ends_after_it_starts', violation_error_message='The contract would end before it begins.'), models.CheckConstraint(condition=models.Q(('accrual_rate__gte', 0), ('redemption_rate__gte', 0)), name='contract_rates_are_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='BudgetUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('points', models.BigIntegerField(default=0, verbose_name='points')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='used', to='partners.contract', verbose_name='contract')),
            ],
            options={
                'verbose_name': 'use of a budget',
                'verbose_name_plural': 'uses of budgets',
                'constraints': [models.UniqueConstraint(models.F('contract'), models.F('month'), name='budget_use_is_counted_once')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalContract',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='first day')),
                ('valid_until', models.DateField(blank=True, help_text='The first day on which it no longer holds.', null=True, verbose_name='ends before')),
                ('accrual_rate', models.DecimalField(decimal_places=6, help_text='In the smallest unit of the partner’s money: 0.85 is 0.85 cents a point.', max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='the partner pays, per point earned there')),
                ('redemption_rate', models.DecimalField(decimal_places=6, help_text='In the smallest unit of the partner’s money.', max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='the program pays, per point spent there')),
                ('rounding', models.CharField(choices=[('floor', 'down'), ('round', 'to the nearest'), ('half_even', 'to the nearest, halves to the even one'), ('ceil', 'up')], default='half_even', max_length=10, verbose_name='rounding')),
                ('kinds', loyalty.lib.fields.TextListField(blank=True, default=list, help_text='Such as purchase, visit; empty means every kind. Refunds always come in.', verbose_name='kinds of activity')),
                ('can_redeem', models.BooleanField(default=True, verbose_name='points can be spent there')),
                ('billing', models.CharField(choices=[('postpaid', 'billed afterwards'), ('prepaid', 'from packs bought before')], default='postpaid', max_length=10, verbose_name='billing')),
                ('budget_month', models.PositiveBigIntegerField(blank=True, help_text='Empty means without limit.', null=True, verbose_name='budget per month, points')),
                ('budget_total', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='budget in all, points')),
                ('over_budget', models.CharField(choices=[('trim', 'give what is left'), ('refuse', 'refuse the activity')], default='trim', max_length=10, verbose_name='beyond the budget')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='partners.partner', verbose_name='partner')),
                ('program', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='programs.program', verbose_name='program')),
            ],
            options={
                'verbose_name': 'history of the contract',
                'verbose_name_plural': 'historical contracts',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PrepaidPack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.PositiveBigIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='points bought')),
                ('price', models.PositiveBigIntegerField(verbose_name='price, in minor units')),
                ('left', models.PositiveBigIntegerField(editable=False, verbose_name='points left')),
                ('reference', models.CharField(max_length=120, verbose_name='reference')),
                ('bought_at', models.DateTimeField(verbose_name='bought')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packs', to='partners.partner', verbose_name='partner')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program', verbose_name='program')),
            ],
            options={
                'verbose_name': 'prepaid pack',
                'verbose_name_plural': 'prepaid packs',
                'constraints': [models.UniqueConstraint(models.F('partner'), models.F('program'), models.F('reference'), name='prepaid_pack_is_bought_once'), models.CheckConstraint(condition=models.Q(('points__gte', 1)), name='prepaid_pack_holds_points'), models.CheckConstraint(condition=models.Q(('left__gte', 0), ('left__lte', models.F('points'))), name='prepaid_pack_is_not_overdrawn')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('currency', models.CharField(max_length=3, verbose_name='money')),
                ('opening', models.BigIntegerField(verbose_name='carried over, in minor units')),
                ('total', models.BigIntegerField(verbose_name='of the month, in minor units')),
                ('closing', models.BigIntegerField(verbose_name='balance, in minor units')),
                ('prepaid_opening', models.BigIntegerField(default=0, verbose_name='prepaid points carried over')),
                ('prepaid_change', models.BigIntegerField(default=0, verbose_name='prepaid points of the month')),
                ('prepaid_closing', models.BigIntegerField(default=0, verbose_name='prepaid points left')),
                ('count', models.PositiveIntegerField(verbose_name='number of lines')),
                ('totals', models.JSONField(default=dict, verbose_name='totals')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='partners.partner', verbose_name='partner')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program', verbose_name='program')),
            ],
            options={
                'verbose_name': 'statement',
                'verbose_name_plural': 'statements',
                'constraints': [models.UniqueConstraint(models.F('partner'), models.F('program'), models.F('month'), name='statement_is_issued_once'), models.CheckConstraint(condition=models.Q(('closing', django.db.models.expressions.CombinedExpression(models.F('opening'), '+', models.F('total')))), name='statement_adds_up'), models.CheckConstraint(condition=models.Q(('prepaid_closing', django.db.models.expressions.CombinedExpression(models.F('prepaid_opening'), '+', models.F('prepaid_change')))), name='statement_adds_up_in_prepaid_points')],
            },
        ),
        migrations.CreateModel(
            name='PartnerLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(blank=True, null=True, verbose_name='identifier at the partner')),
                ('kind', models.CharField(choices=[('accrual', 'points earned'), ('refund', 'earned points taken back'), ('redemption', 'points spent'), ('rollback', 'spent points given back'), ('pack', 'pack bought'), ('correction', 'correction'), ('payment', 'payment')], max_length=12, verbose_name='kind')),
                ('points', models.BigIntegerField(default=0, verbose_name='points')),
                ('rate', models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True, verbose_name='rate')),
                ('amount', models.BigIntegerField(default=0, verbose_name='amount, in minor units')),
                ('prepaid_points', models.BigIntegerField(default=0, verbose_name='prepaid points')),
                ('reference', models.CharField(max_length=120, verbose_name='reference')),
                ('cause', models.CharField(max_length=60, verbose_name='cause')),
                ('occurred_at', models.DateTimeField(verbose_name='occurred')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('contract', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='partners.contract', verbose_name='contract')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member', verbose_name='member')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='partners.partner', verbose_name='partner')),
                ('program', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program', verbose_name='program')),
                ('undoes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='partners.partnerline', verbose_name='undoes')),
                ('statement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='partners.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'line of a partner',
                'verbose_name_plural': 'lines of partners',
                'indexes': [models.Index(fields=['program', 'partner', 'occurred_at'], name='partner_line_when'), models.Index(condition=models.Q(('statement__isnull', True)), fields=['partner', 'program'], name='partner_line_open'), models.Index(fields=['partner', 'program', 'reference'], name='partner_line_reference')],
                'constraints': [models.UniqueConstraint(models.F('partner'), models.F('program'), models.F('kind'), models.F('cause'), name='partner_line_has_one_cause'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gte', 0), ('kind', 'accrual'), ('points__gt', 0), ('prepaid_points__lte', 0)), models.Q(('amount__lte', 0), ('kind', 'refund'), ('points__lte', 0), ('prepaid_points__gte', 0)), models.Q(('amount__lte', 0), ('kind', 'redemption'), ('points__lt', 0), ('prepaid_points', 0)), models.Q(('amount__gte', 0), ('kind', 'rollback'), ('points__gt', 0), ('prepaid_points', 0)), models.Q(('amount__gte', 0), ('kind', 'pack'), ('points', 0), ('prepaid_points__gt', 0)), models.Q(('kind', 'payment'), ('points', 0), ('prepaid_points', 0)), ('kind', 'correction'), _connector='OR'), name='partner_line_goes_its_way'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['refund', 'rollback']), ('undoes__isnull', False)), models.Q(('kind__in', ['accrual', 'redemption', 'pack', 'payment']), ('undoes__isnull', True)), ('kind', 'correction'), _connector='OR'), name='partner_line_undoes_another'), models.CheckConstraint(condition=models.Q(('kind__in', ['pack', 'payment', 'correction']), models.Q(('contract__isnull', False), ('member__isnull', False), ('public_id__isnull', False), ('rate__isnull', False)), _connector='OR'), name='partner_line_of_a_member_has_its_rate')],
            },
        ),
        migrations.CreateModel(
            name='PackDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='partners.partnerline', verbose_name='line')),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='partners.prepaidpack', verbose_name='prepaid pack')),
            ],
            options={
                'verbose_name': 'points drawn from a pack',
                'verbose_name_plural': 'points drawn from packs',
                'constraints': [models.UniqueConstraint(models.F('line'), models.F('pack'), name='pack_draw_is_one_per_line_and_pack'), models.CheckConstraint(condition=models.Q(('points', 0), _negated=True), name='pack_draw_moves_points')],
            },
        ),
        migrations.AlterField(
            model_name='historicalpartner',
            name='is_active',
            field=models.BooleanField(default=True, help_text='Nothing is earned or spent at a partner that is not active.', verbose_name='active'),
        ),
        migrations.AlterField(
            model_name='partner',
            name='is_active',
            field=models.BooleanField(default=True, help_text='Nothing is earned or spent at a partner that is not active.', verbose_name='active'),
        ),
    ]
